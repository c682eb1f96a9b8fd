"""How many people would hear it: counted before it is said, without anybody being told from it."""
