"""Talk in a group, and under an announcement: messages, replies one level deep, reactions."""
