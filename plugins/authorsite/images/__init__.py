"""Pictures: looked at, cleaned of what they tell about their maker, made in the sizes that screens want."""
