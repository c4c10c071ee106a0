"""EPUB files of the samples of books."""
