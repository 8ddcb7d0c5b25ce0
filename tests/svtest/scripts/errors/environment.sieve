if environment "name" "x" { stop; }
