namespace PluginMail.Connectors.Tests.Dlp;

/// <summary>The kinds of numbers: each as it is written, and with a digit changed.</summary>
public sealed class NumberKindTests
{
    [Theory]
    [InlineData("snils", "СНИЛС 11223344595")]
    [InlineData("snils", "snils: 112 233 445 95")]
    [InlineData("snils", "112‑233‑445 95")]
    [InlineData("nif", "12.345.678-Z")]
    [InlineData("nif", "X-1234567-L")]
    [InlineData("nif", "DNI 12345678 Z")]
    [InlineData("nif", "CIF: A58818501")]
    [InlineData("nif", "nif B-58378431")]
    [InlineData("nif", "cif Q2826000H")]
    [InlineData("ssn", "SSN: 123456789")]
    [InlineData("ssn", "social security number 123–45–6789")]
    [InlineData("ssn", "employeeSSN 123 45 6789")]
    [InlineData("itin", "ITIN 912-70-1234")]
    [InlineData("itin", "SSN 912-70-1234")]
    [InlineData("ein", "EIN 12-3456789")]
    [InlineData("ein", "tax id: 12-3456789")]
    [InlineData("passport", "passport c01x00t47")]
    [InlineData("passport", "Reisepassnummer: c01x00t47")]
    [InlineData("passport", "PassportNumber C01X00T47")]
    [InlineData("passport", "passport_no=C01X00T47")]
    [InlineData("passport", "Passnummer C01X00T47")]
    [InlineData("passport", "серия паспорта 45 10 № 123456")]
    [InlineData("numero_fiscal", "30 23 217 600 053")]
    [InlineData("numero_fiscal", "Numéro fiscal : 3023217600053")]
    [InlineData("nir", "1 85 05 78 006 084 91")]
    [InlineData("nir", "185057800608491")]
    [InlineData("utr", "UTR 1955839661")]
    [InlineData("utr", "Self Assessment 19558 39661")]
    [InlineData("nino", "National Insurance number: AB 12 34 56 C")]
    [InlineData("nino", "NINO ab123456c")]
    [InlineData("pesel", "PESEL 44051401359")]
    [InlineData("nip", "NIP: 526-104-08-28")]
    [InlineData("nip", "nip 5261040828")]
    [InlineData("bsn", "BSN 111222333")]
    [InlineData("bsn", "burgerservicenummer 1112.22.333")]
    [InlineData("rijksregister", "85.07.30-033.28")]
    [InlineData("rijksregister", "rijksregisternummer 85073003328")]
    [InlineData("personnummer", "personnummer 811228-9874")]
    [InlineData("personnummer", "Personnr: 19811228-9874")]
    [InlineData("cpr", "CPR 211062-5629")]
    [InlineData("hetu", "131052-308T")]
    [InlineData("hetu", "131052A308T")]
    [InlineData("nif_pt", "NIF 501964843")]
    [InlineData("nif_pt", "contribuinte 501 964 843")]
    [InlineData("svnr", "SVNR 1237 010180")]
    [InlineData("svnr", "Sozialversicherungsnummer: 1237010180")]
    [InlineData("ahv", "756.9217.0769.85")]
    [InlineData("ahv", "7569217076985")]
    [InlineData("rvnr", "15 070649 C 103")]
    [InlineData("rvnr", "15070649C103")]
    [InlineData("cpf", "390.533.447-05")]
    [InlineData("cpf", "CPF 39053344705")]
    [InlineData("cnpj", "16.727.230/0001-97")]
    [InlineData("cnpj", "cnpj 16727230000197")]
    [InlineData("cnpj", "12.ABC.345/01DE-35")]
    public void Is_found(string kind, string text) => Assert.NotNull(Numbers.Search(kind, text));

    [Theory]
    [InlineData("snils", "11223344595")]
    [InlineData("snils", "снилс 11223344596")]
    [InlineData("nif", "12345678 Z")]
    [InlineData("nif", "article A58818501")]
    [InlineData("nif", "CIF A58818502")]
    [InlineData("nif", "Zamówienie B-12345674 nie zostało wysłane")]
    [InlineData("ssn", "123456789")]
    [InlineData("ssn", "SSN 912-70-1234")]
    [InlineData("itin", "ITIN 912-69-1234")]
    [InlineData("ein", "ein Stück 12-3456789")]
    [InlineData("ein", "EIN 07-3456789")]
    [InlineData("passport", "passport chapters")]
    [InlineData("numero_fiscal", "30 23 217 600 054")]
    [InlineData("numero_fiscal", "EAN 3023217600053")]
    [InlineData("nir", "185057800608492")]
    [InlineData("utr", "UTR 2955839661")]
    [InlineData("utr", "call 1955839661")]
    [InlineData("nino", "NINO BG123456C")]
    [InlineData("nino", "part AB123456C")]
    [InlineData("pesel", "PESEL 44051401358")]
    [InlineData("nip", "NIP 5261040829")]
    [InlineData("bsn", "BSN 111222334")]
    [InlineData("rijksregister", "85.07.30-033.29")]
    [InlineData("personnummer", "personnummer 811228-9875")]
    [InlineData("personnummer", "order 811228-9874")]
    [InlineData("cpr", "CPR 311362-5629")]
    [InlineData("hetu", "131052-308U")]
    [InlineData("nif_pt", "NIF 501964842")]
    [InlineData("svnr", "SVNR 1238 010180")]
    [InlineData("ahv", "756.9217.0769.84")]
    [InlineData("rvnr", "15070649C104")]
    [InlineData("cpf", "390.533.447-06")]
    [InlineData("cpf", "39053344705")]
    [InlineData("cnpj", "16.727.230/0001-98")]
    [InlineData("cnpj", "12.ABC.345/01DE-36")]
    [InlineData("inn", "ИНН +7707083893")]
    public void Is_not_found(string kind, string text) => Assert.Null(Numbers.Search(kind, text));

    [Theory]
    [InlineData("4012 8888\r\n8888 1881")]
    [InlineData("4012 8888 \r\n8888 1881")]
    [InlineData("> 4012 8888\n> 8888 1881")]
    [InlineData("4012-8888-\r\n8888-1881")]
    [InlineData("4012  8888  8888  1881")]
    [InlineData("4012\u202f8888\u202f8888\u202f1881")]
    [InlineData("4012\u20078888\u20078888\u20071881")]
    [InlineData("4012\u20098888\u00a08888\u20091881")]
    [InlineData("4012–8888–8888–1881")]
    [InlineData("4012‑8888‑8888‑1881")]
    [InlineData("3782 822463\r\n10005")]
    public void A_wrapped_card_is_found(string text) => Assert.Equal("1 different ones", Numbers.Search("card", text)!.Detail);

    [Theory]
    [InlineData("DE89 3704 0044\r\n0532 0130 00")]
    [InlineData("DE89  3704  0044  0532  0130  00")]
    [InlineData("DE89-3704-0044-0532-0130-00")]
    [InlineData("IBAN DE89 3704 \r\n  0044 0532 0130 00, BIC")]
    public void A_wrapped_account_is_found(string text) => Assert.NotNull(Numbers.Search("iban", text));

    [Theory]
    [InlineData("ssn", "SSN 123-45-\r\n6789")]
    [InlineData("steuer_id", "86 095\r\n742 719")]
    [InlineData("passport", "passport 45 10\r\n123456")]
    public void Other_numbers_are_wrapped_too(string kind, string text) => Assert.NotNull(Numbers.Search(kind, text));

    [Theory]
    [InlineData("40128888\r\n88881881")] // two numbers of a column
    [InlineData("4012\r\n8888\r\n8888\r\n1881")]
    [InlineData("4012\t8888\t8888\t1881")]
    [InlineData("4012 8888\r\n\r\n8888 1881")]
    [InlineData("401  28888  8888  1881")]
    public void Columns_of_numbers_are_no_cards(string text) => Assert.Null(Numbers.Search("card", text));

    [Fact]
    public void Markup_whose_lines_end_within_a_number_shows_it_whole()
    {
        Assert.NotNull(Numbers.SearchHtml("card", "<p>4012 8888\r\n          8888 1881</p>"));
        Assert.NotNull(Numbers.SearchHtml("card", "<td>4012&nbsp;8888\n8888&nbsp;1881</td>"));
        Assert.Null(Numbers.SearchHtml("card", "<td>4012</td><td>8888</td><td>8888</td><td>1881</td>"));
    }

    [Fact]
    public void Words_and_text_that_the_settings_ask_for_hold_for_sure_forms_too()
    {
        Assert.Null(Numbers.Search(Numbers.Rule("card", ("context", new[] { "customer" })), "4012888888881881"));
        Assert.NotNull(Numbers.Search(Numbers.Rule("card", ("context", new[] { "Customer" })), "CUSTOMER 4012888888881881"));
        Assert.NotNull(Numbers.Search(Numbers.Rule("snils", ("context", Array.Empty<string>())), "11223344595"));
        Assert.NotNull(Numbers.Search(Numbers.Rule("passport", ("context", Array.Empty<string>())), "C01X00T47"));
    }

    [Fact]
    public void Two_rules_of_a_kind_count_for_themselves()
    {
        var rules = new[] { Numbers.Rule("card", ("name", "one")), Numbers.Rule("card", ("name", "many"), ("minimum", 2L)), Numbers.Rule("iban") };
        Assert.Equal(["one"], Numbers.Search(rules, "4012888888881881").Select(finding => finding.Rule));
        Assert.Equal(["one", "many", "iban"], Numbers.Search(rules, "DE89370400440532013000 4012888888881881 4111111111111111").Select(finding => finding.Rule));
    }
}
