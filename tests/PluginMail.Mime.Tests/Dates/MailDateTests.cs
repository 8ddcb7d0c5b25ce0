using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace PluginMail.Mime.Tests.Dates;

public sealed class MailDateTests
{
    [Theory]
    [InlineData("Sat, 21 Nov 2026 18:08:09 +0100", "2026-11-21T18:08:09+01:00")]
    [InlineData("21 Nov 2026 18:08 -0330", "2026-11-21T18:08:00-03:30")]
    [InlineData(" Sat,\r\n 21 Nov 2026\t18:08:09 GMT (comment (nested))", "2026-11-21T18:08:09+00:00")]
    [InlineData("Mon, 29 Jul 96 02:13:08 PDT", "1996-07-29T02:13:08-07:00")]
    [InlineData("1 Jan 49 00:00:00 UT", "2049-01-01T00:00:00+00:00")]
    [InlineData("1 Jan 50 00:00:00 EST", "1950-01-01T00:00:00-05:00")]
    [InlineData("1 Jan 103 00:00:00 Z", "2003-01-01T00:00:00+00:00")]
    [InlineData("1 January 2003 00:00:00 K", "2003-01-01T00:00:00+00:00")]
    [InlineData("Mon Jul 29 02:13:08 1996", "1996-07-29T02:13:08+00:00")]
    [InlineData("Fri, 23 Aug 2002 2:32:53 -0400", "2002-08-23T02:32:53-04:00")]
    [InlineData("21-Nov-2026 18:08:09 +01:00", "2026-11-21T18:08:09+01:00")]
    [InlineData("21 Nov 2026 23:59:60 +0000", "2026-11-21T23:59:59+00:00")]
    [InlineData("29 Feb 2024 12:00:00", "2024-02-29T12:00:00+00:00")]
    [InlineData("1 Jan 2003 00:00:00 +2359", "2002-12-31T00:01:00+00:00")]
    public void Dates_are_read(string text, string expected)
    {
        Assert.True(MailDate.TryParse(text, out var date));
        Assert.Equal(DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture), date);
    }

    [Theory]
    [InlineData("")]
    [InlineData("yesterday")]
    [InlineData("30 Feb 2024 12:00:00 +0000")]
    [InlineData("21 Nov 2026")]
    [InlineData("21 Nov 2026 24:00:00 +0000")]
    [InlineData("21 Nov 2026 1:2:3:4 +0000")]
    [InlineData("99999999999 Nov 2026 00:00:00 +0000")]
    [InlineData("1 Jan 0001 00:00:00 +1400")]
    [InlineData("31 Dec 9999 23:00:00 -1400")]
    [InlineData("0 Jan 2026 00:00:00 +0000")]
    public void Others_are_not_dates(string text) => Assert.False(MailDate.TryParse(text, out _));

    [Fact]
    public void Dates_are_written()
    {
        Assert.Equal("Sat, 21 Nov 2026 18:08:09 -0330", MailDate.Format(new DateTimeOffset(2026, 11, 21, 18, 8, 9, new TimeSpan(-3, -30, 0))));
        Assert.Equal("Sun, 1 Feb 2026 08:05:01 +0000", MailDate.Format(new DateTimeOffset(2026, 2, 1, 8, 5, 1, TimeSpan.Zero)));
    }

    [Fact]
    public void Written_dates_are_read_back()
    {
        Prop.ForAll(Arb.From(Gen.Choose(-840, 840).SelectMany(zone => Gen.Choose(0, int.MaxValue).Select(seconds =>
            DateTimeOffset.FromUnixTimeSeconds(seconds).ToOffset(TimeSpan.FromMinutes(zone))))), date =>
        {
            Assert.True(MailDate.TryParse(MailDate.Format(date), out var read));
            Assert.Equal(date, read);
            Assert.Equal(date.Offset, read.Offset);
        }).QuickCheckThrowOnFailure();
    }
}
