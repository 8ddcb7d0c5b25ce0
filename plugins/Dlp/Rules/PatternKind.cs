using System.Collections.Frozen;
using System.Collections.Immutable;
using static PluginMail.Dlp.Rules.NumberForm;

namespace PluginMail.Dlp.Rules;

/// <summary>A kind of numbers: how one looks, and how it is checked.</summary>
/// <param name="Name">Its name in settings.</param>
/// <param name="Find">Finds one whose groups are of no fixed length; null where all are spelled.</param>
/// <param name="Forms">The numbers that are spelled.</param>
/// <param name="Context">
/// Words of which one must stand near a form that is not sure. Those in capitals count in capitals alone: else they are words of some language.
/// </param>
internal sealed record PatternKind(string Name, PatternKind.Finder? Find, ImmutableArray<NumberForm> Forms, params ImmutableArray<string> Context)
{
    private static readonly NumberForm Passport = Shape(
        IdentityNumbers.Any,
        "00 00 № 000000", "00 00 №000000", "00 00№000000", "0000 № 000000", "0000 №000000", "00 00 000000", "0000 000000", "0000000000",
        "A000000", "A0000000", "A00000000", "AA000000", "AA0000000", "AA00000000", "00AA00000", "000000000");

    private static readonly NumberForm Nie = Sure(TaxNumbers.Nie, "A0000000A", "A0000000-A", "A-0000000-A", "A-0000000A");

    /// <summary>Finds a number at the start of a group of letters and digits.</summary>
    /// <param name="text">The text.</param>
    /// <param name="start">The group's start.</param>
    /// <param name="end">Where the number ends.</param>
    /// <returns>Its characters alone; null where there is none.</returns>
    internal delegate string? Finder(ReadOnlySpan<char> text, int start, out int end);

    /// <summary>All kinds.</summary>
    public static FrozenDictionary<string, PatternKind> All { get; } =
        new[] { Payment(), Identity(), Insurance(), Residents(), Taxes(), TaxesOfEurope(), TaxesOfAmerica() }
            .SelectMany(kinds => kinds).ToFrozenDictionary(kind => kind.Name, StringComparer.Ordinal);

    private static PatternKind[] Payment() =>
    [
        new("card", PaymentNumbers.Card, []),
        new("iban", PaymentNumbers.Iban, []),
    ];

    private static PatternKind[] Identity() =>
    [
        new("mrz", IdentityNumbers.MachineReadable, []),
        new("passport", null, [Passport, Shape(IdentityNumbers.GermanDocument, "XXXXXXXXX")],
            "passport", "reisepass", "passnummer", "passnr", "pass-nr", "passeport", "pasaporte", "passaporto", "passaporte", "pasaport", "paspoort", "paszport",
            "паспорт", "personalausweis", "ausweisnummer", "ausweisnr"),
    ];

    private static PatternKind[] Insurance() =>
    [
        new("snils", null,
            [
                Sure(IdentityNumbers.Snils, "000-000-000~00"),
                Checked(IdentityNumbers.Snils, "00000000000", "000 000 000 00", "000000000 00", "000000000-00"),
            ],
            "снилс", "snils", "страхов"),
        new("ssn", null, [Shape(IdentityNumbers.Ssn, "000~00~0000", "000000000")], "ssn", "social security", "socialsecurity", "social_security", "soc sec"),
        new("nino", null, [Shape(IdentityNumbers.Nino, "AA000000A", "AA 000000 A", "AA 00 00 00 A", "AA-00-00-00-A")],
            "nino", "national insurance", "nationalinsurance", "national_insurance", "ni number", "ni no"),
        new("nir", null, [Sure(IdentityNumbers.Nir, "00000XX00000000", "0 00 00 XX 000 000 00", "0 00 00 XX 000 000-00", "00000XX000000 00")]),
        new("rvnr", null, [Sure(IdentityNumbers.Rvnr, "00000000A000", "00 000000 A 000", "00 000000 A 00 0", "00000000 A 000")]),
        new("svnr", null, [Checked(IdentityNumbers.Svnr, "0000000000", "0000 000000", "0000-000000", "0000 00 00 00", "0000/000000")],
            "svnr", "sv-nr", "sv-nummer", "svnummer", "sozialversicherungsnummer", "versicherungsnummer"),
        new("ahv", null, [Sure(IdentityNumbers.Ahv, "000.0000.0000.00", "000 0000 0000 00", "0000000000000")]),
    ];

    private static PatternKind[] Residents() =>
    [
        new("rijksregister", null,
            [Sure(IdentityNumbers.Rijksregister, "00.00.00-000.00"), Checked(IdentityNumbers.Rijksregister, "00000000000", "000000-000-00", "000000 000 00", "00 00 00 000 00")],
            "rijksregister", "registre national", "numéro national", "numero national", "nationaal nummer", "rrn", "niss", "insz"),
        new("personnummer", null, [Checked(IdentityNumbers.Personnummer, "000000-0000", "000000+0000", "00000000-0000", "0000000000", "000000000000")],
            "personnummer", "personnr", "pers.nr", "samordningsnummer", "personal identity number"),
        new("cpr", null, [Shape(IdentityNumbers.Cpr, "000000-0000", "000000 0000", "0000000000")], "cpr", "cpr-nr", "personnummer", "cprnr"),
        new("hetu", null, [Sure(IdentityNumbers.Hetu, "000000-000X", "000000+000X", "000000A000X")]),
        new("pesel", null, [Checked(IdentityNumbers.Pesel, "00000000000")], "pesel"),
        new("bsn", null, [Checked(TaxNumbers.Bsn, "000000000", "0000.00.000", "0000 00 000", "000 000 000")], "bsn", "burgerservicenummer", "sofinummer", "sofi-nummer"),
    ];

    private static PatternKind[] Taxes() =>
    [
        new("inn", null, [Checked(TaxNumbers.Inn, "0000000000", "000000000000")], "инн", "inn"),
        new("utr", null, [Checked(TaxNumbers.Utr, "0000000000", "00000 00000")], "utr", "unique taxpayer", "uniquetaxpayer", "self assessment", "tax reference"),
    ];

    private static PatternKind[] TaxesOfEurope() =>
    [
        new("steuer_id", null, [Sure(TaxNumbers.SteuerId, "00000000000", "00 000 000 000", "00 000000000", "00 000 000000", "00000 000 000")]),
        new("codice_fiscale", null, [Sure(TaxNumbers.CodiceFiscale, "AAAAAAXXAXXAXXXA")]),
        new("nif", null,
            [
                Sure(TaxNumbers.Nif, "00000000A", "00000000-A", "00.000.000-A"),
                Nie,
                Checked(TaxNumbers.Nif, "00000000 A", "00.000.000 A", "00.000.000A"),
                Checked(TaxNumbers.Nie, "A 0000000 A", "A0000000 A", "A-0.000.000-A", "A0.000.000-A"),
                Checked(TaxNumbers.Cif, "A0000000X", "A-00000000", "A-0000000A", "A-0000000-X", "A0000000-X", "A 00000000", "A-00.000.000"),
            ],
            "nif", "NIE", "dni", "cif", "n.i.f", "d.n.i", "c.i.f", "identificación fiscal", "identificacion fiscal"),
        new("nif_pt", null, [Checked(TaxNumbers.NifPt, "000000000", "000 000 000")], "nif", "nipc", "contribuinte", "número fiscal", "numero fiscal"),
        new("numero_fiscal", null, [Sure(TaxNumbers.NumeroFiscal, "00 00 000 000 000"), Checked(TaxNumbers.NumeroFiscal, "0000000000000", "0 000 000 000 000")],
            "numéro fiscal", "numero fiscal", "numérofiscal", "numerofiscal", "numero_fiscal", "identifiant fiscal", "référence fiscale", "reference fiscale",
            "n° fiscal", "spi", "TIN", "nif"),
        new("nip", null, [Checked(TaxNumbers.Nip, "0000000000", "000-000-00-00", "000-00-00-000", "000 000 00 00")], "nip"),
    ];

    private static PatternKind[] TaxesOfAmerica() =>
    [
        new("itin", null, [Shape(TaxNumbers.Itin, "000~00~0000", "000000000")],
            "itin", "individual taxpayer", "taxpayer identification", "tax id", "taxid", "tax_id", "ssn", "social security", "socialsecurity", "social_security"),
        new("ein", null, [Shape(TaxNumbers.Ein, "00-0000000")],
            "EIN", "fein", "employer identification", "federal tax", "taxpayer identification", "tax id", "taxid", "tax_id"),
        new("cpf", null, [Sure(TaxNumbers.Cpf, "000.000.000-00"), Checked(TaxNumbers.Cpf, "00000000000", "000000000-00", "000 000 000 00")],
            "cpf", "cadastro de pessoas físicas", "cadastro de pessoas fisicas"),
        new("cnpj", null, [Sure(TaxNumbers.Cnpj, "XX.XXX.XXX/XXXX-00"), Checked(TaxNumbers.Cnpj, "XXXXXXXXXXXX00", "XXXXXXXX/XXXX-00")],
            "cnpj", "cadastro nacional da pessoa jurídica", "cadastro nacional da pessoa juridica"),
    ];
}
