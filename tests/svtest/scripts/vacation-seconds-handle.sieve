require "vacation-seconds";
vacation :handle "h" :seconds 0 "always?";
