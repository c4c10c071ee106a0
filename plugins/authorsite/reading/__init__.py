"""Reading Markdown files: front matter, links, references and reblogs, with every problem reported by line."""
