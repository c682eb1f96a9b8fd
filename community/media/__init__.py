"""Pictures: made small and anonymous (`picture`), laid down (`store`), remembered (`models`)."""
