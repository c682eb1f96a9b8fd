"""What is said once to an audience: Announcement, Translation, Audience, Acknowledgement; the feed over them."""
