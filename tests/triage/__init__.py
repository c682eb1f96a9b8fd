"""What groups need: counters that equal the rows, and one page of them."""
