# A page of text as HTML. `title: ...` names the page, `= ...` is a heading, `- ...` an item of a list, `# ...` a
# comment that nobody sees; other lines are paragraphs, which empty lines end.
function close_block() {
  if (block != "") print "</" block ">"
  block = ""
}
function open_block(kind) {
  if (block == kind) return
  close_block()
  print "<" kind ">"
  block = kind
}
{ gsub(/&/, "\\&amp;"); gsub(/</, "\\&lt;"); gsub(/>/, "\\&gt;") }
/^#/ || /^title:/ { next }
/^ *$/ { close_block(); next }
/^= / { close_block(); print "<h2>" substr($0, 3) "</h2>"; next }
/^- / { open_block("ul"); print "<li>" substr($0, 3) "</li>"; next }
{ open_block("p"); print }
END { close_block() }
