using PluginMail.Filters;
using PluginMail.Filters.Evaluation;

namespace PluginMail.Server.Tests;

/// <summary>What a script in a file includes.</summary>
public sealed class ScriptFoldersTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("pm-scripts-");

    public void Dispose() => _root.Delete(recursive: true);

    [Theory]
    [InlineData("include :personal \"mine\";", "Mine")]
    [InlineData("include :personal \"plain\";", "Plain")]
    [InlineData("include :global \"ours\";", "Ours")]
    [InlineData("include :personal \"ours\";", null)]
    [InlineData("include :personal \"../outside\";", null)]
    [InlineData("include :global \"../outside\";", null)]
    public async Task It_finds_personal_scripts_beside_it_and_global_ones_in_their_folder(string include, string? filed)
    {
        DirectoryInfo own = _root.CreateSubdirectory("own"), global = _root.CreateSubdirectory("global");
        Write(own, "mine.sieve", "Mine");
        Write(own, "plain", "Plain");
        Write(global, "ours.sieve", "Ours");
        Write(_root, "outside.sieve", "Outside");
        FilterCompilation compilation = FilterCompiler.Compile($"require [\"include\"];\n{include}", "main.sieve");
        CompiledFilter filter = await ScriptFolders.Of(new FileInfo(Path.Combine(own.FullName, "main.sieve")), global, "nowhere")
            .LinkAsync(compilation.Filter!, CancellationToken.None);
        FilterResult result = await filter.RunAsync(new FilterInput(MimeFilterMessage.Of("Subject: x\r\n\r\n"u8.ToArray()), new FilterEnvelope()));
        Assert.Equal(filed, result.Effects.OfType<FilterEffect.FileInto>().SingleOrDefault()?.Folder);
        Assert.Equal(filed is null, result.Error is not null);
    }

    private static void Write(DirectoryInfo folder, string name, string target) =>
        File.WriteAllText(Path.Combine(folder.FullName, name), $"require [\"fileinto\"]; fileinto \"{target}\";");
}
