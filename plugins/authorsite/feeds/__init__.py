"""What subscribers get: one neutral entry, written as RSS, Atom and JSON Feed, and what a publish would change."""
