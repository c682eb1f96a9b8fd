"""What waits for somebody's look before others see it: who wrote what, why it waits, what was decided."""
