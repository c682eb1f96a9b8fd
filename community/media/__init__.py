"""Pictures and voices: made small and anonymous (`picture`, `sound`), laid down (`store`), remembered (`models`)."""
