require ["include", "variables"];
global ["shared"];
set "shared" "yes";
set "local" "yes";
