REQUIRE/**/["fileinto"/* a */,"envelope"];IF
ENVELOPE:IS"from""a@b.example"{FileInto"A";}elsif/* * / **/not#x
anyof(true,false){KEEP;}else{stop;}
