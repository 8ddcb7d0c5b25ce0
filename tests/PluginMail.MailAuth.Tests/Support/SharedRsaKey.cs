using System.Security.Cryptography;

namespace PluginMail.MailAuth.Tests;

/// <summary>A key that all tests of a class use: making one takes longer than all they do.</summary>
public sealed class SharedRsaKey : IDisposable
{
    public RSA Rsa { get; } = RSA.Create(1024);

    public void Dispose() => Rsa.Dispose();
}
