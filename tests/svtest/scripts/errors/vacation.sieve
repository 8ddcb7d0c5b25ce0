require "vacation";
vacation :seconds 5 "x";
vacation :days 1 :from "nobody" "x";
vacation :addresses "not an address" "x";
