"""Who answers when: the duty roster of a group."""
