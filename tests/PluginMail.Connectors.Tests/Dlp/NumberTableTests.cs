using System.Globalization;
using System.Text;
using PluginMail.Dlp.Rules;
using Xunit.Abstractions;

namespace PluginMail.Connectors.Tests.Dlp;

/// <summary>Numbers in tables whose headings say what they are, and how rarely others are taken for them.</summary>
public sealed class NumberTableTests(ITestOutputHelper output)
{
    private const string Heading = "Employee ID;Last name;First name;Date of birth;Street;Postcode;City;Country;Passport number;Issued;Valid until;Department";

    [Theory]
    [InlineData(';')]
    [InlineData(',')]
    [InlineData('\t')]
    [InlineData('|')]
    public void A_column_of_a_table_has_a_heading(char mark)
    {
        string table = Table(Heading, 40).Replace(';', mark);
        Assert.Equal("40 different ones", Numbers.Search("passport", table)!.Detail);
        Assert.Equal("40 different ones", Numbers.Search("passport", table.Replace("Passport number", "PassportNumber", StringComparison.Ordinal))!.Detail);
        Assert.Equal("40 different ones", Numbers.Search("passport", table.Replace("Passport number", "\"Reisepassnummer\"", StringComparison.Ordinal))!.Detail);
    }

    [Fact]
    public void One_row_in_its_column_is_enough() => Assert.NotNull(Numbers.Search("passport", Table(Heading, 1)));

    [Fact]
    public void Another_column_is_not_headed_by_it()
    {
        string table = Table(Heading.Replace("Passport number", "Locker", StringComparison.Ordinal).Replace("Department", "Passport seen", StringComparison.Ordinal), 40);
        Assert.Null(Numbers.Search("passport", table));
    }

    [Fact]
    public void A_table_of_another_part_is_none_of_it() =>
        Assert.Empty(Numbers.Search([Numbers.Rule("passport")], Heading, Table("A;B;C;D;E;F;G;H;I;J;K;L", 40)));

    [Fact]
    public void Cells_in_lines_of_their_own_have_a_heading_before_them()
    {
        string html = Table(Heading, 4).Replace(";", "</td><td>", StringComparison.Ordinal).Replace("\r\n", "</td></tr>\r\n<tr><td>", StringComparison.Ordinal);
        Assert.Equal("4 different ones", Numbers.SearchHtml("passport", $"<table><tr><td>{html}</td></tr></table>")!.Detail);
    }

    [Fact]
    public void Several_numbers_that_pass_their_check_need_one_word()
    {
        string list = "ИНН сотрудников: " + new string('.', 200) + "Иванов 7707083893 " + new string('.', 200) + "Петров 500100732259 " + new string('.', 200) + "Сидоров 7702070139";
        Assert.Equal("3 different ones", Numbers.Search("inn", list)!.Detail);
        Assert.Null(Numbers.Search("inn", list.Replace("ИНН", "Номера", StringComparison.Ordinal)));
        string phones = string.Join("; ", Enumerable.Range(0, 30).Select(i => "Имя, телефон " + (9_161_000_007L + (i * 7919)).ToString(CultureInfo.InvariantCulture)));
        Assert.Null(Numbers.Search("inn", new string('.', 100) + phones + new string('.', 100) + " ИНН"));
    }

    [Fact]
    public void Prose_about_passports_makes_no_list_of_numbers()
    {
        string prose = "Please bring your passport to the meeting, and the signed form. " + new string('x', 100);
        Assert.Null(Numbers.Search("passport", prose + " Orders 123456789, 223456789, 323456789 and 423456789 have been sent."));
        Assert.Null(Numbers.Search("passport", prose + "\r\n123456789\r\n223456789\r\n323456789\r\n"));
    }

    [Fact]
    public void Hostile_tables_end()
    {
        var rules = PatternKind.All.Keys.Select(kind => Numbers.Rule(kind)).ToArray();
        foreach (string piece in new[] { "passport;", "ssn,123456789,", "passport\n123456789\n", "\"inn\t7707083893\"", "\fpassport C01X00T47;", "1-1 1.1/1-", "AB 12 34 56 C " })
        {
            Numbers.Search(rules, string.Concat(Enumerable.Repeat(piece, (1 << 20) / piece.Length)));
        }
    }

    /// <summary>All kinds over mail with the numbers that mail has: dates, telephones, orders, amounts, tickets, tracking.</summary>
    [Fact]
    public void Innocent_mail_has_no_numbers_of_people()
    {
        const int Mails = 2_000;
        var rules = PatternKind.All.Keys.Order(StringComparer.Ordinal).Select(kind => Numbers.Rule(kind)).ToArray();
        var search = Enumerable.Range(0, Mails).Select(i => Numbers.Search(rules, Business(i))).ToList();
        var byKind = search.SelectMany(findings => findings).CountBy(finding => finding.Rule).OrderByDescending(pair => pair.Value).ToList();
        output.WriteLine($"{search.Count(findings => !findings.IsEmpty)} of {Mails} mails with 40 numbers each: {string.Join(", ", byKind)}");
        Assert.All(byKind, pair => Assert.InRange(pair.Value, 0, Mails / 50));
    }

    [SkippableFact]
    public void Mail_of_others_has_none()
    {
        string folder = Path.Combine(Root(), "..", "shared", "corpora");
        Skip.IfNot(Directory.Exists(folder), "no corpora");
        var rules = PatternKind.All.Keys.Order(StringComparer.Ordinal).Select(kind => Numbers.Rule(kind)).ToArray();
        string[] files = [.. Directory.EnumerateFiles(folder, "*.txt", SearchOption.AllDirectories)];
        var found = files.SelectMany(file => Numbers.Search(rules, File.ReadAllText(file, Encoding.Latin1)).Select(finding => $"{Path.GetFileName(file)}: {finding.Rule} {finding.Detail}")).ToList();
        output.WriteLine($"{found.Count} in {files.Length} files: {string.Join("; ", found)}");
        Assert.Empty(found);
    }

    private static string Root()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "PluginMail.sln")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        return folder;
    }

    private static string Table(string heading, int rows)
    {
        var text = new StringBuilder(heading);
        for (int i = 0; i < rows; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"\r\nE{i};Musterfrau;Erika;12.08.1964;\"Heidestrasse {i}\";{50_000 + i};Koeln am schoenen Rhein;Deutschland;C01X{i:00}T47;01.11.2021;31.10.2031;Purchase and logistics");
        }

        return text.ToString();
    }

    private static string Business(int seed)
    {
        var random = new Random(seed);
        var prose = new TextGenerator(7_000_000 + seed);
        var text = new StringBuilder();
        for (int i = 0; i < 40; i++)
        {
            text.Append(prose.Prose(12)).Append(Number(random)).Append(' ');
        }

        return text.ToString();
    }

    private static string Number(Random random) => random.Next(12) switch
    {
        0 => $"{random.Next(1, 29):00}.{random.Next(1, 13):00}.{random.Next(1990, 2027)}",
        1 => $"+{random.Next(1, 99)} {random.Next(100, 999)} {random.Next(1_000_000, 9_999_999)}",
        2 => $"({random.Next(200, 999)}) {random.Next(200, 999)}-{random.Next(1000, 9999)}",
        3 => $"order {random.NextInt64(1_000_000_000, 9_999_999_999)}",
        4 => $"invoice {random.Next(2015, 2027)}{random.Next(10_000, 99_999)}",
        5 => $"{random.Next(1, 9999)}.{random.Next(10, 99)} EUR",
        6 => $"tracking {random.NextInt64(100_000_000_000, 999_999_999_999)}",
        7 => $"TICKET-{random.Next(1000, 99_999)}",
        8 => $"EAN {Article(random.NextInt64(400_000_000_000, 440_000_000_000).ToString(CultureInfo.InvariantCulture))}",
        9 => $"{random.Next(0x10000000, int.MaxValue):x}{random.Next(0x10000000, int.MaxValue):x}",
        10 => $"<{random.NextInt64(100_000_000_000, 999_999_999_999)}.{random.Next(100_000, 999_999)}@mail.example>",
        _ => $"tel. {random.NextInt64(10_000_000_000, 99_999_999_999)}",
    };

    private static string Article(string digits)
    {
        int sum = digits.Select((digit, i) => (digit - '0') * (i % 2 == 0 ? 1 : 3)).Sum();
        return digits + ((10 - (sum % 10)) % 10).ToString(CultureInfo.InvariantCulture);
    }
}
