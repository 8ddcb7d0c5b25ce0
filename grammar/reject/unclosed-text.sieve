redirect text:
one
..
two
