require "include";
include "scripts/include/nowhere";
