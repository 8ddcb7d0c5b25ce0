using System.Reflection;

namespace PluginMail.Plugins.Loading;

/// <summary>The assemblies of a plugin's folder, checked as far as that is possible without running them.</summary>
/// <param name="Main">The path of the plugin's own assembly.</param>
/// <param name="Image">What that says of itself.</param>
/// <param name="References">Where its references lead.</param>
internal sealed record PluginAssemblies(string Main, PluginImage Image, PluginReferences References)
{
    /// <summary>Checks that all of them are whole, that the plugin's own fits this server, and that no reference fails only when it is used.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="main">The path of the plugin's own assembly.</param>
    /// <param name="shared">What the server shares.</param>
    /// <exception cref="PluginRejectedException">It cannot be used.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static PluginAssemblies Check(PluginFolder folder, string main, SharedAssemblies shared)
    {
        var image = PluginImage.Read(main);
        image.CheckContract(shared.ContractVersion);
        var references = new PluginReferences(main, shared);
        image.CheckReferences(references);
        image.CheckShared(shared);
        foreach (string file in Directory.EnumerateFiles(folder.Path, "*.dll", SearchOption.AllDirectories).Where(file => file != main))
        {
            var name = new AssemblyName { Name = Path.GetFileNameWithoutExtension(file) };
            bool isUsed = !references.IsShared(name) && references.Find(name) == file;
            if ((isUsed || (!IsNative(folder, file) && IsExecutable(file))) && PluginImage.TryRead(file) is { } library && isUsed)
            {
                library.CheckShared(shared); // one that is never loaded may refer to what it likes
            }
        }

        return new PluginAssemblies(main, image, references);
    }

    /// <summary>Whether a file lies where packages keep what is not .NET: <c>runtimes/win-x64/native</c>.</summary>
    private static bool IsNative(PluginFolder folder, string file) =>
        Path.GetRelativePath(folder.Path, file).Split(Path.DirectorySeparatorChar) is ["runtimes", _, "native", ..];

    /// <summary>Whether a file begins as all Windows executables do, .NET assemblies among them, or is too short to tell.</summary>
    private static bool IsExecutable(string path)
    {
        Span<byte> start = stackalloc byte[2];
        using var file = File.OpenRead(path);
        return "MZ"u8.StartsWith(start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)]);
    }
}
