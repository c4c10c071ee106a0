"""What a reader would stumble over in a built site."""
