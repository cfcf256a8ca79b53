# The name of a definition's file that does not depend on where the configuration lies: relative to the
# configuration's folder, `<sysbuild>/...' for modules of this library, and for other files their base name.
{
  lib,
  root,
  library,
}:
file:
if root != "" && lib.hasPrefix "${root}/" file then
  lib.removePrefix "${root}/" file
else if lib.hasPrefix "${library}/" file then
  "<sysbuild>/${lib.removePrefix "${library}/" file}"
else if lib.hasPrefix "/" file then
  ".../${baseNameOf file}"
else
  file
