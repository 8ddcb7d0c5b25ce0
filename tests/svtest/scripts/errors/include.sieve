require "include";
include :personal :global "x";
global "x";
