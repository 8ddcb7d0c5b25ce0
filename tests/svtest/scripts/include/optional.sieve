require "include";
include :optional "scripts/include/nowhere";
