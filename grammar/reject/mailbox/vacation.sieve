require "vacation";
vacation :addresses ["owner@example.test"] "I am away.";
