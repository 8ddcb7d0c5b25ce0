require "variables";
set "1x" "a";
set :upper :lower "a" "b";
