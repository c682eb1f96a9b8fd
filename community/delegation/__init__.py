"""Who holds what: roles are offered, taken on, handed over, end on a day; and what each group of a level gets."""
