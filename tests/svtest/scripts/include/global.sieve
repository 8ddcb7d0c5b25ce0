require ["include", "variables", "fileinto"];
global "shared";
include "scripts/include/sets";
if string "${shared}" "yes" { fileinto "shared"; }
if string "${local}" "yes" { fileinto "leaked"; }
