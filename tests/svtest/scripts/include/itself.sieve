require "include";
include "scripts/include/itself";
