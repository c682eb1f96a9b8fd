"""The tree: Group, Category, Membership, Ban, and the roles that reach downwards."""
