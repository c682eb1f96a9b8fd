"""The 1:1 thread of help, encrypted on the phones: the server keeps what it can not read."""
