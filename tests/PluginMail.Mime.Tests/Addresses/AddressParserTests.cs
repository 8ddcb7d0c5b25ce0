using System.Diagnostics;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace PluginMail.Mime.Tests.Addresses;

public sealed class AddressParserTests
{
    [Theory]
    [InlineData("a@example.com", "|a|example.com")]
    [InlineData("<a@example.com>", "|a|example.com")]
    [InlineData("Ada <a@example.com>", "Ada|a|example.com")]
    [InlineData("Ada  Lovelace <a@example.com>", "Ada Lovelace|a|example.com")]
    [InlineData("\"Lovelace, Ada\" <a@example.com>", "Lovelace, Ada|a|example.com")]
    [InlineData("\"say \\\"hi\\\"\" <a@example.com>", "say \"hi\"|a|example.com")]
    [InlineData("John Q. Public <j@example.com>", "John Q. Public|j@example.com")]
    [InlineData("a@example.com (Ada (nested \\) comment))", "Ada (nested \\) comment)|a|example.com")]
    [InlineData("Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>", "Pete|pete|silly.test")]
    [InlineData("\"john doe\"@example.com", "|john doe|example.com")]
    [InlineData("a . b @ example . com", "|a.b|example.com")]
    [InlineData("Mary <@machine.tld,@other.tld:mary@example.net>", "Mary|mary|example.net")]
    [InlineData("user@[192.0.2.1]", "|user|[192.0.2.1]")]
    [InlineData("x <user@[IPv6:2001:db8::1]>", "x|user|[IPv6:2001:db8::1]")]
    [InlineData("=?utf-8?q?J=C3=B6rg?= <j@example.com>", "Jörg|j|example.com")]
    [InlineData("=?utf-8?q?J=C3?= =?utf-8?q?=B6rg?= M <j@example.com>", "Jörg M|j|example.com")]
    [InlineData("\"=?utf-8?q?J=C3=B6rg?=\" <j@example.com>", "Jörg|j|example.com")]
    [InlineData("Jörg <jörg@exämple.com>", "Jörg|jörg|exämple.com")]
    [InlineData("a@example.com,\r\n b@example.com", "|a|example.com", "|b|example.com")]
    [InlineData(", a@example.com,, b@example.com ,", "|a|example.com", "|b|example.com")]
    [InlineData("a@example.com; b@example.com", "|a|example.com", "|b|example.com")]
    [InlineData("")]
    [InlineData(" , ( only a comment ) ,")]
    public void Mailboxes_are_read(string raw, params string[] expected)
    {
        var addresses = AddressParser.Parse(raw);
        Assert.All(addresses, address => Assert.True(address.IsValid && !address.IsGroup && address.RawText is null));
        Assert.Equal(
            expected.Select(text => text.Replace("|j@", "|j|")),
            addresses.Select(address => $"{address.DisplayName}|{address.LocalPart}|{address.Domain}"));
    }

    [Theory]
    [InlineData("root", "root", "")]
    [InlineData("<>", "", "")]
    [InlineData("a@", "a", "")]
    [InlineData("@example.com", "", "example.com")]
    [InlineData("two words@example.com", "two words", "example.com")]
    [InlineData("a@b@c", "a", "b@c")]
    [InlineData("Ada <a@example.com", "a", "example.com")]
    [InlineData("<a@example.com> junk", "a", "example.com")]
    [InlineData("a@b..example.com", "a", "b..example.com")]
    [InlineData("\"never closed <a@example.com>", "a", "example.com")]
    [InlineData("a@b:c", "a", "b c")]
    [InlineData("a>b", "a", "")]
    public void What_is_no_address_is_kept_as_it_stands(string raw, string localPart, string domain)
    {
        var address = Assert.Single(AddressParser.Parse(raw));
        if (raw.StartsWith('"'))
        {
            Assert.True(address.IsValid);
            Assert.Equal("\"never closed", address.DisplayName);
            return;
        }
        Assert.Equal((false, localPart, domain, raw), (address.IsValid, address.LocalPart, address.Domain, address.RawText));
    }

    [Theory]
    [InlineData("a..b@example.com", "a..b")]
    [InlineData("Ada <.a@example.com>", ".a")]
    [InlineData("<a.@example.com>", "a.")]
    public void Dots_stand_anywhere_in_a_local_part_and_are_written_in_quotes(string raw, string localPart)
    {
        var address = Assert.Single(AddressParser.Parse(raw));
        Assert.Equal((true, localPart, $"\"{localPart}\"@example.com"), (address.IsValid, address.LocalPart, address.Address));
        Assert.Equal(address, Assert.Single(AddressParser.Parse(address.ToString())));
    }

    [Fact]
    public void Groups_have_members()
    {
        var list = AddressParser.Parse("Friends: Ada <a@example.com>, b@example.com,,; undisclosed-recipients:; (comment), c@example.com");
        Assert.Equal(3, list.Count);
        Assert.Equal("Friends", list[0].DisplayName);
        Assert.Equal(["a@example.com", "b@example.com"], list[0].Members!.Select(member => member.Address));
        Assert.True(list[0].IsValid);
        Assert.True(list[1].IsGroup && list[1].IsValid);
        Assert.Empty(list[1].Members!);
        Assert.Equal("c@example.com", list[2].Address);
        var open = Assert.Single(AddressParser.Parse("Open: a@example.com, b@example.com"));
        Assert.False(open.IsValid);
        Assert.Equal(2, open.Members!.Count);
    }

    [Fact]
    public void Local_parts_are_quoted_where_they_must_be()
    {
        Assert.Equal("\"a b\"@example.com", new HeaderAddress(null, "a b", "example.com").Address);
        Assert.Equal("\"a\\\"b\"@example.com", new HeaderAddress(null, "a\"b", "example.com").Address);
        Assert.Equal("a.b@example.com", new HeaderAddress(null, "a.b", "example.com").Address);
        Assert.Equal("\".a\"@x", new HeaderAddress(null, ".a", "x").Address);
    }

    [Fact]
    public void Number_of_addresses_is_bounded()
    {
        var raw = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("a@b,", 20_000)));
        Assert.Equal(AddressParser.DefaultMaxAddresses, AddressParser.Parse(raw).Count);
        Assert.Equal(5, AddressParser.Parse("g: a@b, c@d, e@f, g@h; x@y", 5)[0].Members!.Count + AddressParser.Parse("a@b", 0).Count + 1);
    }

    [Theory]
    [InlineData("(")]
    [InlineData("\"")]
    [InlineData("<")]
    [InlineData("@")]
    [InlineData("a:")]
    [InlineData("<@a,")]
    [InlineData("=?utf-8?q?a?= ")]
    [InlineData("\\")]
    [InlineData("[")]
    [InlineData(";")]
    [InlineData("(\"")]
    public void Hostile_repetition_is_linear(string unit)
    {
        var started = Stopwatch.GetTimestamp();
        AddressParser.Parse(string.Concat(Enumerable.Repeat(unit, 200_000)));
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void Anything_parses_without_an_exception()
    {
        var token = Gen.Elements("a", "@", "<", ">", ",", ";", ":", "(", ")", "\"", "\\", "[", "]", ".", " ", "\r\n ", "=?utf-8?q?x?=", "é", "\0");
        Prop.ForAll(Arb.From(token.ArrayOf()), tokens =>
        {
            foreach (var address in AddressParser.Parse(string.Concat(tokens)))
            {
                Assert.True(address.IsValid || address.IsGroup || address.RawText is not null);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
        Prop.ForAll<byte[]>(bytes => Assert.NotNull(AddressParser.Parse(bytes))).QuickCheckThrowOnFailure();
    }
}
