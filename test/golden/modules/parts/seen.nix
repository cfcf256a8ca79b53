{ seen = [ "by path" ]; }
