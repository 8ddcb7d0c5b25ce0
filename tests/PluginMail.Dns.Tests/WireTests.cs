using System.Text;
using FsCheck;
using FsCheck.Fluent;
using PluginMail.Dns.Wire;

namespace PluginMail.Dns.Tests;

public sealed class WireTests
{
    private static readonly Question A = new("a.test", DnsRecordType.A);

    [Theory]
    [InlineData("a.test", "\x01" + "a\x04test\0")]
    [InlineData("a.test.", "\x01" + "a\x04test\0")]
    [InlineData(".", "\0")]
    [InlineData("_25._tcp.a", "\x03_25\x04_tcp\x01" + "a\0")]
    [InlineData("a\\.b\\\\.\\000\\255", "\x04" + "a.b\\\x02\0ÿ\0")]
    public void Names_are_written(string name, string wire)
    {
        byte[] target = new byte[DomainName.MaximumOctets];
        int length = DomainName.Encode(name, target);
        Assert.Equal(wire, Encoding.Latin1.GetString(target, 0, length));
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a..b")]
    [InlineData(".a")]
    [InlineData("a b")]
    [InlineData("a\\")]
    [InlineData("a\\25")]
    [InlineData("a\\256")]
    [InlineData("é")]
    [InlineData("a\0")]
    public void What_is_no_name_is_not_written(string name) => Assert.Equal(0, DomainName.Encode(name, new byte[DomainName.MaximumOctets]));

    [Theory]
    [InlineData(63, 3, true)]
    [InlineData(64, 1, false)]
    [InlineData(62, 4, true)] // 253 characters, 253 octets
    [InlineData(49, 5, true)]
    [InlineData(50, 5, false)] // 254 characters would be 256 octets
    public void Names_have_limits(int label, int count, bool isName)
    {
        string name = string.Join('.', Enumerable.Repeat(new string('a', label), count));
        int length = DomainName.Encode(name, new byte[DomainName.MaximumOctets]);
        Assert.Equal(isName ? name.Length + 2 : 0, length);
    }

    [Fact]
    public void Longest_name_is_253_characters()
    {
        string name = string.Join('.', new string('a', 63), new string('b', 63), new string('c', 63), new string('d', 61));
        Assert.Equal(255, DomainName.Encode(name, new byte[DomainName.MaximumOctets]));
        Assert.Equal(0, DomainName.Encode(name + "d", new byte[DomainName.MaximumOctets]));
    }

    [Fact]
    public void Names_of_any_octets_come_back_as_they_were() => Prop.ForAll(
        ArbMap.Default.ArbFor<byte[][]>(),
        labels =>
        {
            byte[] wire = [.. labels.Where(label => label is { Length: > 0 and < 64 }).Take(4).SelectMany(label => (byte[])[(byte)label.Length, .. label]), 0];
            var reader = new MessageReader(wire);
            Assert.True(reader.TryReadName(out string? name));
            byte[] target = new byte[DomainName.MaximumOctets];
            Assert.Equal(wire, target[..DomainName.Encode(name, target)]);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Query_asks_for_recursion_authentic_data_and_1232_octets()
    {
        byte[] query = new byte[QueryMessage.MaximumLength];
        int length = QueryMessage.Write(0x1234, A, extended: true, query);
        Assert.Equal("123401200001000000000001" + "016104746573740000010001" + "0000290" + "4d0000000000000", Convert.ToHexStringLower(query, 0, length));
        Assert.Equal(24, QueryMessage.Write(0x1234, A, extended: false, query));
    }

    [Theory]
    [InlineData("C00C", "a.test")] // the question's name
    [InlineData("0178C00C", "x.a.test")]
    public void Pointers_are_followed(string owner, string name)
    {
        byte[] message = Packet.For("a.test", DnsRecordType.CNAME).Set(6, 1)
            .Raw(Convert.FromHexString(owner)).Word(5).Word(1).Long(300).Word(2).Word(0xC00C).Octets;
        Assert.True(ResponseMessage.TryRead(message, 7, A with { Type = DnsRecordType.CNAME }, out ResponseMessage? response));
        Assert.Equal((name, "a.test"), (response.Answers[0].Owner, response.Answers[0].Data));
    }

    [Theory]
    [InlineData("C018")] // itself
    [InlineData("C030")] // forward
    [InlineData("C0FF")] // outside
    [InlineData("0178C018")] // around
    [InlineData("80")] // reserved label types
    [InlineData("40")]
    [InlineData("C0")] // cut off
    public void Bad_pointers_are_no_name(string owner)
    {
        byte[] message = Packet.For("a.test", DnsRecordType.A).Set(6, 1).Raw(Convert.FromHexString(owner)).Octets;
        Assert.False(ResponseMessage.TryRead(message, 7, A, out _));
    }

    [Fact]
    public void Chain_of_pointers_that_makes_a_long_name_is_refused()
    {
        Packet packet = Packet.For("a.test", DnsRecordType.A).Set(6, 40);
        int before = 12;
        for (int i = 0; i < 40; i++) // each name is the one before with ten octets more
        {
            int here = packet.Length;
            packet.Raw(9, 1, 2, 3, 4, 5, 6, 7, 8, 9).Word(0xC000 | before).Word(99).Word(1).Long(1).Word(0);
            before = here;
        }

        Assert.False(ResponseMessage.TryRead(packet.Octets, 7, A, out _));
    }

    [Theory]
    [InlineData(DnsRecordType.A, "C00002")]
    [InlineData(DnsRecordType.A, "C000020101")]
    [InlineData(DnsRecordType.AAAA, "C0000201")]
    [InlineData(DnsRecordType.MX, "000A")]
    [InlineData(DnsRecordType.MX, "000A0161")]
    [InlineData(DnsRecordType.MX, "000A016100FF")]
    [InlineData(DnsRecordType.SRV, "00000001")]
    [InlineData(DnsRecordType.TLSA, "030101")]
    [InlineData(DnsRecordType.TXT, "")]
    [InlineData(DnsRecordType.TXT, "0261")]
    [InlineData(DnsRecordType.TXT, "016102")]
    [InlineData(DnsRecordType.CNAME, "")]
    [InlineData(DnsRecordType.CNAME, "0000")]
    public void Data_that_is_not_its_type_s_spoils_the_message(DnsRecordType type, string data)
    {
        byte[] message = Packet.For("a.test", type).Answer("a.test", type, packet => packet.Raw(Convert.FromHexString(data))).Octets;
        Assert.False(ResponseMessage.TryRead(message, 7, A with { Type = type }, out _));
    }

    [Theory]
    [InlineData(DnsRecordType.TXT, "00", "")]
    [InlineData(DnsRecordType.TXT, "0161000262FF", "ab\u00FF")]
    [InlineData(DnsRecordType.TLSA, "030101ABcd", "3 1 1 abcd")]
    [InlineData(DnsRecordType.MX, "000000", "0 .")]
    [InlineData(DnsRecordType.AAAA, "20010DB8000000000000000000000001", "2001:db8::1")]
    public void Data_is_text(DnsRecordType type, string data, string text)
    {
        byte[] message = Packet.For("a.test", type).Answer("a.test", type, packet => packet.Raw(Convert.FromHexString(data))).Octets;
        Assert.True(ResponseMessage.TryRead(message, 7, A with { Type = type }, out ResponseMessage? response));
        Assert.Equal(text, response.Answers[0].Data);
    }

    [Fact]
    public void Every_cut_of_a_response_is_refused()
    {
        byte[] message = Packet.For("a.test", DnsRecordType.MX).Answer("a.test", DnsRecordType.MX, data => data.Word(1).Name("b.test"))
            .StartOfAuthority("test", 1, 1).Octets;
        Question question = A with { Type = DnsRecordType.MX };
        Assert.True(ResponseMessage.TryRead(message, 7, question, out _));
        for (int length = 0; length < message.Length; length++)
        {
            Assert.False(ResponseMessage.TryRead(message.AsSpan(0, length), 7, question, out _));
        }
    }

    [Fact]
    public void More_records_than_anybody_needs_are_refused() =>
        Assert.False(ResponseMessage.TryRead(Packet.For("a.test", DnsRecordType.A).Set(6, 0xFFFF).Octets, 7, A, out _));

    [Fact]
    public void Extended_code_is_read() => Assert.Equal(
        16, (int)Read(Packet.For("a.test", DnsRecordType.A).Set(10, 1).Raw(0, 0, 41, 4, 0xD0, 1, 0, 0, 0, 0, 0).Octets).Code); // BADVERS

    [Fact]
    public void Referral_is_told_from_absence()
    {
        Assert.True(Read(Packet.For("a.test", DnsRecordType.A).Authority("test", 2, data => data.Name("ns.test")).Octets).IsReferral);
        Assert.False(Read(Packet.For("a.test", DnsRecordType.A).Authority("test", 2, data => data.Name("ns.test")).StartOfAuthority("test", 1, 1).Octets).IsReferral);
        Assert.False(Read(Packet.For("a.test", DnsRecordType.A).Octets).IsReferral);
    }

    [Theory]
    [InlineData("192.0.2.1", "1.2.0.192.in-addr.arpa")]
    [InlineData("2001:db8::567:89ab", "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa")] // RFC 3596 section 2.5
    public void Addresses_have_reverse_names(string address, string name) => Assert.Equal(name, ReverseName.Of(System.Net.IPAddress.Parse(address)));

    private static ResponseMessage Read(byte[] message)
    {
        Assert.True(ResponseMessage.TryRead(message, 7, A, out ResponseMessage? response));
        return response;
    }
}
