using PluginMail.Filters.Evaluation;
using PluginMail.Filters.Tests.Support;
using static PluginMail.Filters.Tests.Support.Scripts;

namespace PluginMail.Filters.Tests;

/// <summary>date, currentdate and index (RFC 5260).</summary>
public sealed class DateTests
{
    private const string Message = """
        Received: from a by b; Tue, 3 Jun 2025 23:30:00 -0700 (PDT)
        Received: from c by d; Mon, 2 Jun 2025 08:00:01 +0200
        Date: Tue, 3 Jun 2025 08:05:09 +0530
        To: a@example.com, b@example.com
        To: c@example.com
        Cc: d@example.com
        X-Bad: Sat, 32 Jan 2026 00:00:00 +0000

        x
        """;

    private static FilterContext At(DateTimeOffset now) => new() { Clock = new Clock(now) };

    [Theory]
    [InlineData("year", "2025")]
    [InlineData("month", "06")]
    [InlineData("day", "03")]
    [InlineData("date", "2025-06-03")]
    [InlineData("julian", "60829")]
    [InlineData("hour", "08")]
    [InlineData("minute", "05")]
    [InlineData("second", "09")]
    [InlineData("time", "08:05:09")]
    [InlineData("iso8601", "2025-06-03T08:05:09+05:30")]
    [InlineData("std11", "Tue, 3 Jun 2025 08:05:09 +0530")]
    [InlineData("zone", "+0530")]
    [InlineData("weekday", "2")]
    public void Section_4_2_parts(string part, string value) =>
        Assert.True(IsTrue($"date :originalzone \"date\" \"{part}\" \"{value}\"", Message, require: "require \"date\";"));

    [Theory]
    [InlineData("date :zone \"+0000\" \"Date\" \"iso8601\" \"2025-06-03T02:35:09Z\"", true)]
    [InlineData("date :zone \"-0800\" \"date\" \"date\" \"2025-06-02\"", true)]
    [InlineData("date :zone \"-0800\" \"date\" \"zone\" \"-0800\"", true)]
    [InlineData("date \"date\" \"hour\" \"04\"", true)]
    [InlineData("date \"date\" \"zone\" \"+0200\"", true)]
    [InlineData("date :originalzone \"received\" \"weekday\" \"2\"", true)]
    [InlineData("date :originalzone :index 2 \"received\" \"second\" \"01\"", true)]
    [InlineData("date :originalzone :index 1 :last \"received\" \"second\" \"01\"", true)]
    [InlineData("date :originalzone :index 3 \"received\" \"year\" \"2025\"", false)]
    [InlineData("date \"x-bad\" \"year\" \"2026\"", false)]
    [InlineData("date \"x-none\" \"year\" \"2026\"", false)]
    [InlineData("date :count \"eq\" \"x-bad\" \"year\" \"0\"", true)]
    [InlineData("date :count \"eq\" \"date\" \"year\" \"1\"", true)]
    [InlineData("date :value \"ge\" :originalzone \"date\" \"hour\" \"08\"", true)]
    public async Task Section_4_zones_and_fields(string test, bool outcome) =>
        Assert.Equal(outcome, await IsTrueAsync("\"date\", \"index\", \"relational\"", test, At(new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)), Message));

    [Theory]
    [InlineData("currentdate \"weekday\" \"0\"", true)]
    [InlineData("currentdate \"date\" \"2026-03-01\"", true)]
    [InlineData("currentdate :zone \"+0000\" \"date\" \"2026-02-28\"", true)]
    [InlineData("allof (currentdate :value \"ge\" \"date\" \"2026-02-01\", currentdate :value \"le\" \"date\" \"2026-03-07\")", true)]
    [InlineData("currentdate :count \"eq\" \"date\" \"1\"", true)]
    public async Task Section_5_currentdate(string test, bool outcome) => Assert.Equal(
        outcome, await IsTrueAsync("\"date\", \"relational\"", test, At(new(2026, 2, 28, 23, 0, 0, TimeSpan.Zero))));

    [Fact]
    public async Task Section_5_1_a_folder_for_each_month()
    {
        var result = await RunOnAsync(
            """
            require ["date", "variables", "fileinto"];
            if currentdate :matches "month" "*" { set "month" "${1}"; }
            if currentdate :matches "year"  "*" { set "year"  "${1}"; }
            fileinto "${month}-${year}";
            """,
            At(new(2026, 2, 28, 12, 0, 0, TimeSpan.Zero)));
        Assert.Equal("fileinto \"02-2026\"", string.Join(';', result.Effects));
    }

    [Theory]
    [InlineData("header :index 2 :contains \"received\" \"from c\"", true)]
    [InlineData("header :index 1 :contains \"received\" \"from c\"", false)]
    [InlineData("header :index 1 :last :contains \"received\" \"from c\"", true)]
    [InlineData("header :index 4 :contains \"received\" \"\"", false)]
    [InlineData("header :index 0 :contains \"received\" \"\"", false)]
    [InlineData("address :index 2 \"to\" \"c@example.com\"", true)]
    [InlineData("address :index 1 \"to\" \"b@example.com\"", true)]
    [InlineData("address :index 1 :last [\"to\", \"cc\"] \"d@example.com\"", true)]
    [InlineData("address :index 3 [\"to\", \"cc\"] \"d@example.com\"", true)]
    public void Section_6_index(string test, bool outcome) => Assert.Equal(outcome, Mail.IsTrue("\"index\"", test, Message));

    [Theory]
    [InlineData("header :last \"a\" \"b\"", "F1025")]
    [InlineData("date :zone \"1\" \"date\" \"year\" \"1\"", "F1027")]
    [InlineData("date :zone \"+0100\" :originalzone \"date\" \"year\" \"1\"", "F1012")]
    [InlineData("date \"date\" \"century\" \"1\"", "F1027")]
    public void What_is_wrong_is_found_before_a_run(string test, string code) =>
        Assert.Contains(code, Codes($"require [\"date\", \"index\"]; if {test} {{ keep; }}"), StringComparison.Ordinal);

    private sealed class Clock(DateTimeOffset now) : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.CreateCustomTimeZone("test", TimeSpan.FromHours(2), "test", "test");

        public override DateTimeOffset GetUtcNow() => now;
    }
}
