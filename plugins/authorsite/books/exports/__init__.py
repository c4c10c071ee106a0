"""A book's facts in the forms that machines read."""
