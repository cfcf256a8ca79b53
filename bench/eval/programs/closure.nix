builtins.length (builtins.genericClosure {
  startSet = [ { key = 1; } ];
  operator = item: builtins.filter (next: next.key <= 100000) [ { key = item.key * 2; } { key = item.key * 2 + 1; } ];
})
