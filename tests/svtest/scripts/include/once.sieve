require "include";
include :once "scripts/include/one";
include :once "scripts/include/one";
