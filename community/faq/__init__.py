"""Good answers, kept to be found and heard before somebody asks again."""
