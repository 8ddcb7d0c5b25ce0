if sender "a@x.example" { move "X"; }
if sender "b@x.example" { move "X"; }
if sender "c@x.example" { move "X"; }
if sender "d@x.example" { move "X"; }
if sender "e@x.example" { move "X"; }
