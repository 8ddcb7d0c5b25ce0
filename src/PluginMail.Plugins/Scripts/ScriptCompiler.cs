using System.Collections.Immutable;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;
using PluginMail.Abstractions;

namespace PluginMail.Plugins.Scripts;

/// <summary>Turns scripts into assemblies. The one class that uses Roslyn: whoever does not call it does not load that.</summary>
internal static class ScriptCompiler
{
    private static readonly string[] Usings =
    [
        "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Text", "System.Text.RegularExpressions", "System.Threading",
        "System.Threading.Tasks", "Microsoft.Extensions.Logging", "PluginMail.Abstractions",
    ];

    /// <summary>That an assembly was built for an older framework than this one (CS1701, CS1702): any package's is, and .NET's own builds do not tell it.</summary>
    private static readonly ImmutableDictionary<string, ReportDiagnostic> Unremarkable = ImmutableDictionary<string, ReportDiagnostic>.Empty
        .Add("CS1701", ReportDiagnostic.Suppress).Add("CS1702", ReportDiagnostic.Suppress);

    /// <summary>Compiles.</summary>
    /// <param name="sources">The script.</param>
    /// <param name="name">Its name in mail.toml.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The assembly, null where there are errors; errors and warnings.</returns>
    public static (byte[]? Image, ImmutableArray<ScriptProblem> Problems) Compile(
        ScriptSources sources, string name, CancellationToken cancellationToken)
    {
        if (sources.Error is { } error)
        {
            return (null, [new ScriptProblem(sources.Path, 0, 0, "", error)]);
        }

        var compilation = Create(sources, name);
        using var image = new MemoryStream();
        var options = new EmitOptions(debugInformationFormat: DebugInformationFormat.Embedded, pdbChecksumAlgorithm: HashAlgorithmName.SHA256)
            .WithInstrumentationKinds([InstrumentationKind.StackOverflowProbing]);
        var result = compilation.Emit(image, options: options, cancellationToken: cancellationToken);
        ImmutableArray<ScriptProblem> problems =
        [
            .. result.Diagnostics.Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning)
                .Select(diagnostic => Describe(diagnostic, sources))
                .Distinct()
                .OrderBy(problem => problem.File, StringComparer.Ordinal).ThenBy(problem => problem.Line).ThenBy(problem => problem.Column),
        ];
        return (result.Success ? image.ToArray() : null, problems);
    }

    private static CSharpCompilation Create(ScriptSources sources, string name)
    {
        ImmutableArray<PortableExecutableReference> platform = [.. PlatformAssemblies().Select(path => MetadataReference.CreateFromFile(path))];
        var options = new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary,
            usings: Usings,
            optimizationLevel: OptimizationLevel.Release,
            nullableContextOptions: NullableContextOptions.Enable,
            deterministic: true,
            concurrentBuild: false,
            specificDiagnosticOptions: Unremarkable,
            sourceReferenceResolver: new SourceResolver(sources),
            metadataReferenceResolver: new ReferenceResolver(sources, platform));
        var tree = CSharpSyntaxTree.ParseText(
            SourceText.From(sources.Texts[sources.Path], Encoding.UTF8),
            new CSharpParseOptions(LanguageVersion.Latest, DocumentationMode.None, SourceCodeKind.Script),
            sources.Path);
        return CSharpCompilation.CreateScriptCompilation(
            $"script.{name}", tree, platform, options, returnType: typeof(object), globalsType: typeof(MailScript));
    }

    /// <summary>The framework and the contract: what a script may use without asking for it.</summary>
    private static IEnumerable<string> PlatformAssemblies()
    {
        string application = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        string platform = AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") as string ?? "";
        var contract = typeof(MailScript).Assembly;
        return platform.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(path => Path.GetDirectoryName(path) != application)
            .Concat(contract.GetReferencedAssemblies().Select(reference => Assembly.Load(reference).Location))
            .Append(contract.Location)
            .DistinctBy(path => Path.GetFileName(path), StringComparer.OrdinalIgnoreCase);
    }

    private static ScriptProblem Describe(Diagnostic diagnostic, ScriptSources sources)
    {
        var span = diagnostic.Location.GetLineSpan();
        var start = span.StartLinePosition;
        string file = span.Path is { Length: > 0 } path ? path : sources.Path;
        bool isPlaced = diagnostic.Location.IsInSource;
        bool isWarning = diagnostic.Severity == DiagnosticSeverity.Warning;
        return sources.Refusals.TryGetValue((file, start.Line + 1), out string? refusal) && !isWarning
            ? new ScriptProblem(file, start.Line + 1, start.Character + 1, "", refusal)
            : new ScriptProblem(
                file, isPlaced ? start.Line + 1 : 0, isPlaced ? start.Character + 1 : 0, diagnostic.Id, diagnostic.GetMessage(), isWarning);
    }

    /// <summary>Gives the compiler the texts that were read, and no other.</summary>
    private sealed class SourceResolver(ScriptSources sources) : SourceReferenceResolver
    {
        public override string? NormalizePath(string path, string? baseFilePath) => Find(path, baseFilePath);

        public override string? ResolveReference(string path, string? baseFilePath) =>
            Find(path, baseFilePath) is { } found && sources.Texts.ContainsKey(found) && !sources.IsCircle(baseFilePath ?? sources.Path, found) ? found : null;

        public override Stream OpenRead(string resolvedPath) => new MemoryStream(Encoding.UTF8.GetBytes(sources.Texts[resolvedPath]));

        public override SourceText ReadText(string resolvedPath) => SourceText.From(sources.Texts[resolvedPath], Encoding.UTF8);

        public override bool Equals(object? other) => ReferenceEquals(this, other);

        public override int GetHashCode() => sources.GetHashCode();

        private string? Find(string path, string? from) =>
            path.Length == 0 || path.Contains('\0', StringComparison.Ordinal) ? null : Path.GetFullPath(path, from is null ? sources.Folder : Path.GetDirectoryName(from)!);
    }

    /// <summary>Gives the compiler the assemblies that were read, and those of the platform by their names.</summary>
    private sealed class ReferenceResolver(ScriptSources sources, ImmutableArray<PortableExecutableReference> platform) : MetadataReferenceResolver
    {
        public override ImmutableArray<PortableExecutableReference> ResolveReference(
            string reference, string? baseFilePath, MetadataReferenceProperties properties)
        {
            if (platform.FirstOrDefault(known => string.Equals(NameOf(known), reference, StringComparison.OrdinalIgnoreCase)) is { } shared)
            {
                return [shared];
            }

            string folder = baseFilePath is null ? sources.Folder : Path.GetDirectoryName(baseFilePath)!;
            return !reference.Contains('\0', StringComparison.Ordinal)
                && Path.GetFullPath(reference, folder) is { } path
                && sources.References.TryGetValue(path, out byte[]? image)
                ? [MetadataReference.CreateFromImage(image, properties, filePath: path)]
                : [];
        }

        public override bool Equals(object? other) => ReferenceEquals(this, other);

        public override int GetHashCode() => sources.GetHashCode();

        private static string NameOf(PortableExecutableReference reference) => Path.GetFileNameWithoutExtension(reference.FilePath!);
    }
}
