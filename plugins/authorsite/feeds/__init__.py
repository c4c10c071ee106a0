"""What subscribers get: one neutral entry, written as RSS, Atom and JSON Feed."""
