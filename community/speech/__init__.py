"""A voice for every word of the app and for what people wrote: of people, else of a machine, which is said."""
