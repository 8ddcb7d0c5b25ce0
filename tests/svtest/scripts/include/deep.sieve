require "include";
include "scripts/include/default";
