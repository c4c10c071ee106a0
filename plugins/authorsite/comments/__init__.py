"""Comments: read from a file beside the post, and shown below it; nothing is sent anywhere."""
