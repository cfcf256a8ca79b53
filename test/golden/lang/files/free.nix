variable + 1
