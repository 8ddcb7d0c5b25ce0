using System.Text;

namespace PluginMail.Pipeline.Tests.Authentication;

public sealed class SignInFuzzTests
{
    private static readonly string[] Seeds =
    [
        "\0user@example.test\0pencil", "user", "n,,n=user,r=abc", "p=tls-server-end-point,a=user,n=us=2Cer,r=abc,x=1",
        "c=biws,r=abc,p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "=3D,=2C", "\ud7ff@\u0130",
    ];

    [Theory]
    [InlineData("PLAIN", 1)]
    [InlineData("LOGIN", 2)]
    [InlineData("SCRAM-SHA-256", 3)]
    [InlineData("SCRAM-SHA-256-PLUS", 4)]
    public async Task No_input_is_an_exception(string mechanism, int seed)
    {
        var random = new Random(seed);
        var fixture = new SignInFixture(new SignInOptions { FirstDelay = TimeSpan.Zero });
        for (int round = 0; round < 300; round++)
        {
            ISaslExchange exchange = fixture.Service.Begin(mechanism, SignInFixture.From("127.0.0.1", binding: SignInFixture.Binding))!;
            SaslStep step = await exchange.RespondAsync(random.Next(4) == 0 ? null : Mutate(random), CancellationToken.None);
            for (int i = 0; i < 4 && step.Outcome is null; i++)
            {
                step = await exchange.RespondAsync(Mutate(random), CancellationToken.None);
            }

            Assert.NotEqual(SignInStatus.Unavailable, step.Outcome?.Status);
        }
    }

    private static byte[] Mutate(Random random)
    {
        List<byte> octets = [.. Encoding.UTF8.GetBytes(Seeds[random.Next(Seeds.Length)])];
        for (int edits = random.Next(4); edits > 0; edits--)
        {
            int at = random.Next(octets.Count + 1);
            switch (random.Next(3))
            {
                case 0:
                    octets.Insert(at, (byte)random.Next(256));
                    break;
                case 1 when at < octets.Count:
                    octets.RemoveAt(at);
                    break;
                default:
                    octets.InsertRange(at, octets.Take(random.Next(20)).ToArray());
                    break;
            }
        }

        return [.. octets];
    }
}
