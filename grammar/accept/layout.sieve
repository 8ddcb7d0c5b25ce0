REQUIRE/**/["fileinto"/* a */,"envelope"];IF
ENVELOPE:IS"from""a@b.example"{FileInto"A";}elsif/* * / **/not#x
anyof(exists"x",false){KEEP;}else{stop;}
